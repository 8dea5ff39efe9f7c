provider "groq" {
  priority = 1,
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
