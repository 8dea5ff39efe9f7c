provider "groq" {
  plugin = enf("SET")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
