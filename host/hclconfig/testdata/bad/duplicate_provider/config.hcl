provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
