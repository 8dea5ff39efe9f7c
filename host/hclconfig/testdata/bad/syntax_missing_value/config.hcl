provider "groq" {
  priority =
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
