provider "groq" {
  key "main" {
    value = 12345678
  }
  model "fast" {}

}
