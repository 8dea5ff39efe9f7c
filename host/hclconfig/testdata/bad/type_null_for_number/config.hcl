provider "groq" {
  priority = null
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
