provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
timeouts {
  stall = "-5s"
}
