provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
route "a" {
  targets = ["fast"]
}
