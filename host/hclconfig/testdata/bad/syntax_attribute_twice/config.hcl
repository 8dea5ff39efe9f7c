provider "groq" {
  priority = 1
  priority = 2
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
