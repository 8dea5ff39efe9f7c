provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
account "a" {}
account "a" {}
