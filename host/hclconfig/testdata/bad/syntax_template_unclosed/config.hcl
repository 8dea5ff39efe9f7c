provider "groq" {
  plugin = "${env("SET")"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
