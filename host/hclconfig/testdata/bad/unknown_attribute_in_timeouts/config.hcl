provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
timeouts {
  first-token = "3s"
}
