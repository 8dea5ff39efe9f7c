route "r" {
  targets = [for t in ["a"] : t]
}
provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
