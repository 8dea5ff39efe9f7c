provider "groq" {
  key "main" {
    value = null
  }
  model "fast" {}

}
