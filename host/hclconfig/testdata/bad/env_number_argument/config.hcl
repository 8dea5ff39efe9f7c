provider "groq" {
  plugin = env(["A"])
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
