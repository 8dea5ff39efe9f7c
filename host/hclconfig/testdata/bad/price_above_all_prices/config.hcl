provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {
    price {
      input  = 0.15
      output = 1e7
    }
  }
}
