provider "groq" {
  plugin = env("not a name")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
