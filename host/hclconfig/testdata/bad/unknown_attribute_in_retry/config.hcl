provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
retry {
  max_retries = 3
}
