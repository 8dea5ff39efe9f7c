provider "groq" {
  key "a\nb" {
    value = env("SET")
  }
  model "fast" {}

}
