provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price {
      input = 0.15
    }
    price {
      input = 0.2
    }
  }
}
