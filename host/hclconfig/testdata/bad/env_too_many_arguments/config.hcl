provider "groq" {
  plugin = env("A", "b", "c")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
