provider "Groq Cloud" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
