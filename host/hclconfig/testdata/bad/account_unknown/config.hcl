provider "groq" {
  key "main" {
    value = env("SET")
    account = "taem"
  }
  model "fast" {}
}
account "team" {}
