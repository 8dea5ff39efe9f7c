provider "groq" {
  priority 10
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
