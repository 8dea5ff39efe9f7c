provider "groq" {
  plugin = "../../bin/sh"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
