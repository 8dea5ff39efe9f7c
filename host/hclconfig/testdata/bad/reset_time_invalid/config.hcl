provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
account "a" {
  reset {
    at = "25:00"
  }
}
