disable_after = 0
provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
