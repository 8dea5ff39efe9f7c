provider "groq" {
  plugin = 7
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
