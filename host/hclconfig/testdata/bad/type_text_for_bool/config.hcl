provider "groq" {
  active = "maybe"
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
