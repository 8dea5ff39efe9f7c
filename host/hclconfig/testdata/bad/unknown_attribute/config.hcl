provider "groq" {
  prority = 1
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
