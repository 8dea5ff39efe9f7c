provider "groq" {
  key "main" {
    value = env("gsk_canary0123456789abcdef")
  }
  model "fast" {}

}
