provider "groq" {
  priority = 1.5
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
