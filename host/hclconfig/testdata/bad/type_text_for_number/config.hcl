provider "groq" {
  priority = "high"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
