provider "groq" {
  key "main" {
    value = env("SET")
  }
  key "main" {
    value = env("OTHER")
  }
  model "fast" {}

}
