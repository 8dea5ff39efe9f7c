provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
route "a" {
  targets = ["groq"]
}
route "b" {
  targets = ["a"]
}
