provider "groq" {
  plugin = env("EMPTY")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
