provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
  settings {
    base_url = env("NOT_SET")
  }

}
