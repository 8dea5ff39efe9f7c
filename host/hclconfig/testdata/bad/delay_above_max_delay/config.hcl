provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
retry {
  delay     = "10s"
  max_delay = "1s"
}
