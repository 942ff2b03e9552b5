// Optional speed-up for training: RMSNorm, SwiGLU and RoPE on rows of bfloat16 (or, with -DFLOAT32, of float), each in one pass.
// Knows no tensor library.
#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef FLOAT32
typedef float number;

static inline float widen(number value) { return value; }
static inline number narrow(float value) { return value; }
#else
typedef uint16_t number;

static inline float widen(number half) {
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline number narrow(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (number)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
#endif

void rms_forward(const number *in, const float *weight, number *out, float *scales, long rows, long width) {
    #pragma omp parallel for
    for (long row = 0; row < rows; row++) {
        const number *x = in + row * width;
        number *y = out + row * width;
        float sum = 0;
        #pragma omp simd reduction(+:sum)
        for (long j = 0; j < width; j++) { float value = widen(x[j]); sum += value * value; }
        float scale = 1.0f / sqrtf(sum / width + 1e-5f);
        scales[row] = scale;
        #pragma omp simd
        for (long j = 0; j < width; j++) y[j] = narrow(widen(x[j]) * scale * weight[j]);
    }
}

// width is 4096 at most
void rms_backward(const number *out_gradient, const number *in, const float *weight, const float *scales,
                  number *in_gradient, float *weight_gradient, long rows, long width) {
    #pragma omp parallel
    {
        float own[4096];
        for (long j = 0; j < width; j++) own[j] = 0;
        #pragma omp for
        for (long row = 0; row < rows; row++) {
            const number *x = in + row * width, *dy = out_gradient + row * width;
            number *dx = in_gradient + row * width;
            float scale = scales[row], sum = 0;
            #pragma omp simd reduction(+:sum)
            for (long j = 0; j < width; j++) sum += widen(dy[j]) * weight[j] * widen(x[j]);
            sum *= scale * scale * scale / width;
            #pragma omp simd
            for (long j = 0; j < width; j++) {
                float gradient = widen(dy[j]), value = widen(x[j]);
                dx[j] = narrow(gradient * weight[j] * scale - value * sum);
                own[j] += gradient * value * scale;
            }
        }
        #pragma omp critical
        for (long j = 0; j < width; j++) weight_gradient[j] += own[j];
    }
}

// Rows of gate_up hold [gate | up], each `width` wide.
void swiglu_forward(const number *gate_up, number *out, long rows, long width) {
    #pragma omp parallel for
    for (long row = 0; row < rows; row++) {
        const number *gate = gate_up + row * 2 * width, *up = gate + width;
        number *y = out + row * width;
        #pragma omp simd
        for (long j = 0; j < width; j++) {
            float g = widen(gate[j]);
            y[j] = narrow(g / (1.0f + expf(-g)) * widen(up[j]));
        }
    }
}

void swiglu_backward(const number *out_gradient, const number *gate_up, number *gradient, long rows, long width) {
    #pragma omp parallel for
    for (long row = 0; row < rows; row++) {
        const number *gate = gate_up + row * 2 * width, *up = gate + width, *dy = out_gradient + row * width;
        number *gate_gradient = gradient + row * 2 * width, *up_gradient = gate_gradient + width;
        #pragma omp simd
        for (long j = 0; j < width; j++) {
            float g = widen(gate[j]), sigmoid = 1.0f / (1.0f + expf(-g)), d = widen(dy[j]);
            up_gradient[j] = narrow(d * g * sigmoid);
            gate_gradient[j] = narrow(d * widen(up[j]) * sigmoid * (1.0f + g * (1.0f - sigmoid)));
        }
    }
}

// Rows (batch * tokens) of heads * head_width with this stride, to [batch, heads, tokens, head_width], rotating the halves.
// Backward swaps the roles of in and out and turns the other way.
void rope(const number *in, number *out, const float *cosines, const float *sines, long batch, long tokens, long heads,
          long head_width, long stride, int backward) {
    long half = head_width / 2;
    #pragma omp parallel for collapse(2)
    for (long b = 0; b < batch; b++) for (long t = 0; t < tokens; t++) for (long h = 0; h < heads; h++) {
        long by_row = (b * tokens + t) * stride + h * head_width;
        long by_head = ((b * heads + h) * tokens + t) * head_width;
        const number *x = in + (backward ? by_head : by_row);
        number *y = out + (backward ? by_row : by_head);
        const float *cosine = cosines + t * half, *sine = sines + t * half;
        #pragma omp simd
        for (long j = 0; j < half; j++) {
            float left = widen(x[j]), right = widen(x[j + half]), s = backward ? -sine[j] : sine[j];
            y[j] = narrow(left * cosine[j] - right * s);
            y[j + half] = narrow(right * cosine[j] + left * s);
        }
    }
}
