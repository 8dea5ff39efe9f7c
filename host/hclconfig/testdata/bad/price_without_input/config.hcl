provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price {
      output = 0.6
    }
  }
}
