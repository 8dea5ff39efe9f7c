provider "groq" {
  plugin = env("NOT_SET")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
