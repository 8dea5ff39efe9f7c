provider "groq" {
  key "main" {
    priority = 1
  }
  model "fast" {}

}
