provider "groq" {
  key "main" {
    value = env("SET")
  }
  modle "fast" {}
  model "fast" {}

}
