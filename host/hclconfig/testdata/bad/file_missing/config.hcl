provider "groq" {
  plugin = file("nowhere.txt")
  key "main" {
    value = env("SET")
  }
  model "fast" {}

}
