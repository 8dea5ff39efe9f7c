provider "groq" {
  key "main" {
    value = env("SET")
    account = "team"
  }
  model "fast" {}
}
