provider "groq" {
  plugin = groq
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
