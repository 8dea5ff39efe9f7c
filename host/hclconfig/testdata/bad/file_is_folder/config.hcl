provider "groq" {
  plugin = file(".")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
