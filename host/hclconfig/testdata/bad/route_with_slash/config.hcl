provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
route "groq/fast" {
  targets = ["groq"]
}
