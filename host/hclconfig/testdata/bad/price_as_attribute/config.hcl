provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price = 0.15
  }
}
