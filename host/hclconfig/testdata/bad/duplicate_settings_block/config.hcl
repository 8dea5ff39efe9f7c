provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
  settings {
    a {}
    a {}
  }

}
