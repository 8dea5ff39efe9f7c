provider "groq" {
  key "main" {
    value = gsk_canary0123456789abcdef
  }
  model "fast" {}

}
