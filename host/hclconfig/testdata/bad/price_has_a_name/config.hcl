provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price "usd" {
      input = 0.15
    }
  }
}
