provider "groq" {
  plugin = env()
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
