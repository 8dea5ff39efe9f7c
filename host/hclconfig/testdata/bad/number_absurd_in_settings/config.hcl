provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
  settings {
    n = 1e99999999
  }

}
