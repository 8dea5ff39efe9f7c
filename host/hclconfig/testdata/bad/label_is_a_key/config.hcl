provider "groq" {
  key "gsk_canary0123456789abcdef" {
    value = env("SET")
  }
  model "fast" {}

}
